/**
 * A door of its own to the gallery of this run: another origin, which a test may give another build of the application, or
 * shut in everybody's face.
 */

import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { installation } from './installation';

export class Door {
  readonly #server: Server;
  /** What a file of the application is replaced by on its way. */
  #rewrite: (path: string, body: string) => string = (_, body) => body;

  private constructor() {
    this.#server = createServer((incoming, outgoing) => {
      const { hostname, port } = new URL(installation().origin);
      const headers = { ...incoming.headers, 'accept-encoding': 'identity' };
      const passed = request(
        { hostname, port, path: incoming.url, method: incoming.method, headers },
        (answer) => {
          const type = answer.headers['content-type'] ?? '';
          if (!/html|javascript/.test(type)) {
            outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
            answer.pipe(outgoing);
            return;
          }
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('end', () => {
            const body = this.#rewrite(incoming.url ?? '', Buffer.concat(parts).toString());
            const { 'content-length': _, ...kept } = answer.headers;
            outgoing.writeHead(answer.statusCode ?? 502, kept);
            outgoing.end(body);
          });
        },
      );
      passed.on('error', () => outgoing.destroy());
      // Who hangs up on the door hangs up on the gallery.
      outgoing.on('close', () => passed.destroy());
      incoming.pipe(passed);
    });
  }

  static async open(): Promise<Door> {
    const door = new Door();
    door.#server.listen(0, '127.0.0.1');
    await once(door.#server, 'listening');
    return door;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on there is another build behind the door: its pages say so in their head. */
  deploy(name: string): void {
    this.#rewrite = (path, body) => {
      if (path === '/sw.js')
        return `/* ${name} */${body.replaceAll('gallery-shell-', `gallery-shell-${name}-`)}`;
      return body.replace('</head>', `<meta name="build" content="${name}"></head>`);
    };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
