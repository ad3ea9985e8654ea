//! The token of this session: it arrives in the fragment of the opened address (which no server,
//! log or referrer sees), moves to `sessionStorage` and leaves the address bar.
const KEY = 'dianjian.token';

function arrive(): string {
  const match = /^#token=([^/&]+)&?(\/.*)?$/.exec(location.hash);
  if (match?.[1]) {
    const token = decodeURIComponent(match[1]);
    sessionStorage.setItem(KEY, token);
    history.replaceState(null, '', location.pathname + '#' + (match[2] ?? '/'));
    return token;
  }
  return sessionStorage.getItem(KEY) ?? '';
}

class Token {
  value: string = $state(arrive());
  /** The server refused the token: the page asks for the address again. */
  refused: boolean = $state(false);

  /** Takes a token or the whole address that the program printed. */
  set(text: string): void {
    this.value = (/[#&]token=([^/&\s]+)/.exec(text)?.[1] ?? text).trim();
    sessionStorage.setItem(KEY, this.value);
    this.refused = false;
  }
}

export const token = new Token();
