/** dist/server.js */
import { startLanguageServer } from './main.ts';
import { keepHeapSmall } from './memory.ts';

// Editors that are ended themselves end their children by a signal, without the protocol's `exit`. Temporary files go with an
// orderly end only.
for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(1));
}

keepHeapSmall();
startLanguageServer();
