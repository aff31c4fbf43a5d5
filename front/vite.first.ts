/**
 * The first visit in two scripts: `boot`, small, asks for what the page needs while `app` with everything else travels.
 * Whoever else uses their modules too, these stay where they are: on a bad network each file more costs a journey. What is
 * imported dynamically stays apart.
 */
import type { Plugin, Rolldown } from 'vite';

/** What `boot` imports without being written in it: fetched beside it, not after it. */
const APPLICATION = '/src/main.tsx';

interface Graph {
  getModuleInfo(id: string): { isEntry: boolean; importers: readonly string[] } | null;
}

/** What the bundler itself adds to every script. */
const RUNTIME = 'rolldown/runtime';

/** `boot` takes first what both need. */
export const firstChunks = [
  { name: (id: string, graph: Graph) => (isOfBoot(id, graph) ? 'boot' : null), priority: 2 },
  { name: (id: string, graph: Graph) => (isOfApplication(id, graph) ? 'app' : null), priority: 1 },
];

function isOfBoot(id: string, graph: Graph): boolean {
  return id.includes(RUNTIME) || usersOf(id, graph).some((user) => graph.getModuleInfo(user)?.isEntry);
}

function isOfApplication(id: string, graph: Graph): boolean {
  return usersOf(id, graph).some((user) => user.endsWith(APPLICATION));
}

/** The module and all that import it, through others too. */
function usersOf(id: string, graph: Graph, seen = new Set<string>()): string[] {
  if (!seen.has(id)) {
    seen.add(id);
    for (const importer of graph.getModuleInfo(id)?.importers ?? []) usersOf(importer, graph, seen);
  }
  return [...seen];
}

/** Whether the first page cannot be drawn without this file's script. */
export function isFirst(file: Rolldown.OutputAsset | Rolldown.OutputChunk): file is Rolldown.OutputChunk {
  return file.type === 'chunk' && (file.isEntry || file.moduleIds.some((id) => id.endsWith(APPLICATION)));
}

/** Names the application's files in the page. */
export function fetchBeside(): Plugin {
  return {
    name: 'gallery:fetch-beside',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle = {} }) {
        const chunks = Object.values(bundle)
          .filter(isFirst)
          .filter((chunk) => !chunk.isEntry);
        const link = (rel: string) => (name: string) => ({
          tag: 'link',
          attrs: { rel, crossorigin: true, href: `/${name}` },
          injectTo: 'head' as const,
        });
        return chunks.flatMap((chunk) => [
          ...[...(chunk.viteMetadata?.importedCss ?? [])].map(link('stylesheet')),
          link('modulepreload')(chunk.fileName),
        ]);
      },
    },
  };
}
