// The server as the library of VS Code's client speaks to it: `DIANJIAN=../../target/debug/dianjian npm test`.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { StreamMessageReader, StreamMessageWriter, createMessageConnection } from 'vscode-jsonrpc/node';

test('what is typed is judged, with ranges in UTF-16', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dianjian-'));
  const path = join(folder, '店铺 😀.yaml');
  const text = 'kind: Shop\nid: y\nsystem: weixin-store\nname: 😀云山旗舰店\n';
  writeFileSync(path, text);
  const server = spawn(process.env.DIANJIAN ?? 'dianjian', ['lsp', '--stdio', '--as-of', '2026-11-22']);
  const connection = createMessageConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
  const waiting = [];
  connection.onNotification('textDocument/publishDiagnostics', (params) => waiting.shift()?.(params));
  connection.listen();
  const next = () => new Promise((resolve) => waiting.push(resolve));
  const capabilities = { general: { positionEncodings: ['utf-16'] } };
  const rootUri = pathToFileURL(folder).href;
  const welcome = await connection.sendRequest('initialize', { processId: null, rootUri, capabilities, locale: 'en' });
  assert.equal(welcome.capabilities.positionEncoding, 'utf-16');
  await connection.sendNotification('initialized', {});
  const uri = pathToFileURL(path).href;
  const first = next();
  await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
  const found = (await first).diagnostics.find((one) => one.code === 'naming/store-type-words');
  assert.deepEqual(found.range, { start: { line: 3, character: 10 }, end: { line: 3, character: 13 } });
  const second = next();
  const range = { start: { line: 3, character: 8 }, end: { line: 3, character: 13 } };
  await connection.sendNotification('textDocument/didChange', { textDocument: { uri, version: 2 }, contentChanges: [{ range, text: '青禾' }] });
  const later = await second;
  assert.equal(later.version, 2);
  assert.ok(later.diagnostics.every((one) => one.code !== 'naming/store-type-words'));
  await connection.sendRequest('shutdown');
  const ended = new Promise((resolve) => server.on('exit', resolve));
  await connection.sendNotification('exit');
  assert.equal(await ended, 0);
  connection.dispose();
});
