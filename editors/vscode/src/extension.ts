// Starts `dianjian lsp`, asks what a server cannot ask, and opens what is no text.

import * as vscode from 'vscode';
import { LanguageClient, type LanguageClientOptions, type ServerOptions, TransportKind } from 'vscode-languageclient/node';

const SCHEME = 'dianjian-explain';

let client: LanguageClient | undefined;

/** A text in the language of the editor. */
function say(zh: string, en: string): string {
  return vscode.env.language.startsWith('zh') ? zh : en;
}

function program(): string {
  return vscode.workspace.getConfiguration('dianjian').get('path', 'dianjian');
}

function quoted(text: string): string {
  return /^[\w./:\\-]+$/.test(text) ? text : `"${text.replaceAll('"', '\\"')}"`;
}

async function start(): Promise<void> {
  const lang = vscode.workspace.getConfiguration('dianjian').get('lang', '');
  const server: ServerOptions = { command: program(), args: ['lsp'], transport: TransportKind.stdio };
  const languages = ['yaml', 'json', 'jsonc', 'jsonl', 'csv', 'tsv', 'xml', 'markdown', 'plaintext', 'subrip'];
  const options: LanguageClientOptions = {
    documentSelector: languages.flatMap((language) => [
      { scheme: 'file', language },
      { scheme: 'untitled', language },
    ]),
    initializationOptions: lang === '' ? {} : { lang },
    middleware: {
      // Silencing takes a reason, which only a person has.
      provideCodeActions: async (document, range, context, token, next) => {
        const actions = (await next(document, range, context, token)) ?? [];
        return actions.map((action) => withReason(document, action));
      },
      executeCommand: async (command, args, next) => {
        const answer: unknown = await next(command, args);
        if (command === 'dianjian.explain' && typeof answer === 'string') {
          await explain(String(args[0]), answer);
        }
        return answer;
      },
    },
  };
  client = new LanguageClient('dianjian', 'dianjian', server, options);
  try {
    await client.start();
  } catch {
    const open = say('打开设置', 'Open settings');
    const what = say(`没有找到程序 ${program()}`, `The program ${program()} was not found`);
    if ((await vscode.window.showErrorMessage(what, open)) === open) {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'dianjian.path');
    }
  }
}

/** An action that silences, as one that asks for the reason. */
function withReason(document: vscode.TextDocument, action: vscode.Command | vscode.CodeAction): typeof action {
  const diagnostic = action instanceof vscode.CodeAction ? action.diagnostics?.[0] : undefined;
  const rule = typeof diagnostic?.code === 'object' ? diagnostic.code.value : diagnostic?.code;
  const silences = /^(忽略|Ignore) /.test(action.title);
  if (!(action instanceof vscode.CodeAction) || diagnostic === undefined || !silences) {
    return action;
  }
  const asking = new vscode.CodeAction(action.title, action.kind);
  asking.diagnostics = action.diagnostics;
  asking.command = {
    title: action.title,
    command: 'dianjian.silence',
    arguments: [document.uri.toString(), diagnostic.range.start.line, String(rule)],
  };
  return asking;
}

async function silence(uri: string, line: number, rule: string): Promise<void> {
  const prompt = say(`为什么忽略 ${rule}？`, `Why is ${rule} to be ignored?`);
  const reason = await vscode.window.showInputBox({ prompt, validateInput: (text) => (text.trim() === '' ? prompt : undefined) });
  if (reason === undefined) {
    return;
  }
  const day = new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10);
  const until = await vscode.window.showInputBox({
    prompt: say('忽略到哪一天（留空为一直）', 'Until which day (empty: for good)'),
    value: day,
    validateInput: (text) => (text === '' || /^\d{4}-\d\d-\d\d$/.test(text) ? undefined : 'YYYY-MM-DD'),
  });
  if (until === undefined) {
    return;
  }
  const argument = { uri, line, rule, reason, ...(until === '' ? {} : { until }) };
  await client?.sendRequest('workspace/executeCommand', { command: 'dianjian.suppress', arguments: [argument] });
}

const explanations = new Map<string, string>();

async function explain(id: string, text: string): Promise<void> {
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${id}.txt` });
  explanations.set(uri.toString(), text);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
}

async function showWorkspace(): Promise<void> {
  const answer = await client?.sendRequest<{ files: number; diagnostics: number }>('workspace/executeCommand', {
    command: 'dianjian.checkWorkspace',
  });
  if (answer !== undefined) {
    const { files, diagnostics } = answer;
    void vscode.window.showInformationMessage(say(`${files} 个文件，${diagnostics} 条`, `${files} files, ${diagnostics} findings`));
    await vscode.commands.executeCommand('workbench.actions.view.problems');
  }
}

/** Runs the program in a terminal of the first folder. */
function inTerminal(...args: string[]): void {
  const cwd = vscode.workspace.workspaceFolders?.[0]?.uri;
  const terminal = vscode.window.createTerminal({ name: 'dianjian', cwd });
  terminal.show();
  terminal.sendText([program(), ...args].map(quoted).join(' '));
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const restart = async (): Promise<void> => {
    await client?.stop();
    await start();
  };
  context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) => explanations.get(uri.toString()) ?? '',
    }),
    vscode.commands.registerCommand('dianjian.silence', silence),
    vscode.commands.registerCommand('dianjian.showWorkspace', showWorkspace),
    vscode.commands.registerCommand('dianjian.openWorkbench', () => inTerminal('serve', '.')),
    vscode.commands.registerCommand('dianjian.showPlan', () => inTerminal('migrate', 'plan', '.')),
    vscode.commands.registerCommand('dianjian.restart', restart),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration('dianjian')) {
        await restart();
      }
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}
