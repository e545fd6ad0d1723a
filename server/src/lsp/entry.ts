/** dist/server.js */
import { startLanguageServer } from './main.ts';
import { keepHeapSmall } from './memory.ts';

keepHeapSmall();
startLanguageServer();
