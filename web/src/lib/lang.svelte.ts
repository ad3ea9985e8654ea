//! The language and the colours of the page, kept in this browser.
export type Lang = 'zh' | 'en';
export type Theme = 'system' | 'light' | 'dark';

function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser that keeps nothing still shows the page.
  }
}

function firstLang(): Lang {
  const own = kept('dianjian.lang');
  if (own === 'zh' || own === 'en') return own;
  return navigator.language.toLowerCase().startsWith('zh') || !navigator.language ? 'zh' : 'en';
}

class Look {
  now: Lang = $state(firstLang());
  theme: Theme = $state((kept('dianjian.theme') as Theme | null) ?? 'system');

  /** Writes the choice to the document; called whenever one of the two changes. */
  show(): void {
    const root = document.documentElement;
    root.lang = this.now === 'zh' ? 'zh-CN' : 'en';
    if (this.theme === 'system') root.removeAttribute('data-theme');
    else root.setAttribute('data-theme', this.theme);
  }
  toggleLang(): void {
    this.now = this.now === 'zh' ? 'en' : 'zh';
    keep('dianjian.lang', this.now);
  }
  cycleTheme(): void {
    this.theme = this.theme === 'system' ? 'light' : this.theme === 'light' ? 'dark' : 'system';
    keep('dianjian.theme', this.theme);
  }
}

export const lang = new Look();
