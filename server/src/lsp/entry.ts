/** dist/server.js */
import { startLanguageServer } from './main.ts';
import { giveMemoryBackAtRest, keepHeapSmall } from './memory.ts';

keepHeapSmall();
giveMemoryBackAtRest();
startLanguageServer();
