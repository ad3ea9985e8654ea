//! Files out of a drop, a picker or the clipboard, folders with their relative paths.
export interface Given {
  path: string;
  file: File;
}

/** What no one means to check: hidden files and what systems leave behind. */
const ignored = /(^|\/)(\.|~\$|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/i;

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}
function children(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}
async function walk(entry: FileSystemEntry, prefix: string, out: Given[]): Promise<void> {
  const path = prefix + entry.name;
  if (entry.isFile) out.push({ path, file: await fileOf(entry as FileSystemFileEntry) });
  else if (entry.isDirectory) {
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    // A reader answers at most 100 entries a call, and none at the end.
    for (let some = await children(reader); some.length; some = await children(reader)) {
      for (const one of some) await walk(one, path + '/', out);
    }
  }
}

export async function fromTransfer(data: DataTransfer): Promise<Given[]> {
  // Entries must be taken before the first await: the list is emptied after the event.
  const entries = [...data.items].filter((item) => item.kind === 'file').map((item) => item.webkitGetAsEntry());
  const plain = [...data.files];
  const out: Given[] = [];
  if (entries.some(Boolean)) for (const entry of entries) entry && (await walk(entry, '', out));
  else for (const file of plain) out.push({ path: file.name, file });
  return out.filter((given) => !ignored.test(given.path));
}

export function fromPicker(list: FileList): Given[] {
  return [...list]
    .map((file) => ({ path: file.webkitRelativePath || file.name, file }))
    .filter((given) => !ignored.test(given.path));
}

/** A name for a project of these files: the folder, the file, or the first of several. */
export function nameOf(given: Given[]): string {
  const first = given[0]?.path ?? '';
  const folder = first.includes('/') ? first.split('/')[0] : null;
  return folder ?? first.replace(/\.[^.]+$/, '');
}

/** Whether a pasted text is cells of a sheet: at least two lines with equally many tabs. */
export function isTable(text: string): boolean {
  const tabs = text.trim().split(/\r?\n/).map((line) => line.split('\t').length);
  return tabs.length > 1 && (tabs[0] ?? 0) > 1 && tabs.every((n) => n === tabs[0]);
}
