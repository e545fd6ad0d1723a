/** dist/server.js */
import { startLanguageServer } from './main.ts';

startLanguageServer();
