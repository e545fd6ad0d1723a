/** dist/server.js */
import { startLanguageServer } from './main.ts';
import { giveMemoryBackAtRest, keepHeapSmall } from './memory.ts';

// Our extension sets it for this process; TensorRT's shall do as it always does.
delete process.env['MALLOC_MMAP_THRESHOLD_'];

keepHeapSmall();
giveMemoryBackAtRest();
startLanguageServer();
