//! Starts and stops the program under test.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const binary = process.env['DIANJIAN'] ?? '../target/debug/dianjian';

/** Runs a command of the program to its end. */
export function dianjian(...args: string[]): string {
  return execFileSync(binary, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
export function scratch(): string {
  return mkdtempSync(join(tmpdir(), 'dianjian-web-'));
}

export class Server {
  private constructor(
    private readonly child: ChildProcess,
    /** The address with the token in its fragment. */
    readonly url: string,
    readonly state: string,
  ) {}

  /** Starts a server; with the `state` of an earlier one it takes up its projects. */
  static async start(args: string[] = [], state = scratch()): Promise<Server> {
    const child = spawn(binary, ['serve', '--port', '0', '--no-open', '--state', state, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      const late = setTimeout(() => reject(new Error(`no address within 30 s: ${said}`)), 30_000);
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        const found = /http:\/\/\S+#token=\S+/.exec(said);
        if (found) {
          clearTimeout(late);
          resolve(found[0]);
        }
      });
      child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
      child.on('error', reject);
    });
    return new Server(child, url, state);
  }
  get origin(): string {
    return new URL(this.url).origin;
  }
  get token(): string {
    return /#token=([^&]+)/.exec(this.url)?.[1] ?? '';
  }
  /** The address of a view with the token before it. */
  at(hash: string): string {
    return `${this.origin}/#token=${this.token}&${hash}`;
  }
  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.removeAllListeners('exit');
    const gone = once(this.child, 'exit');
    this.child.kill(signal);
    await gone;
  }
  /** As a power cut would. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }
  async stop(): Promise<void> {
    await this.end('SIGTERM');
    rmSync(this.state, { recursive: true, force: true });
  }
}
