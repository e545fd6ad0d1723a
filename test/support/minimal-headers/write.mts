/** `npx tsx test/support/minimal-headers/write.mts FOLDER VERSION`: the headers for a GPU machine that has no others. */
import { writeMinimalHeaders } from './make-headers.ts';

const [folder, version = '10.6.0'] = process.argv.slice(2);
if (folder === undefined) throw new Error('Usage: write.mts FOLDER [VERSION]');
const [major = 10, minor = 0, patch = 0] = version.split('.').map(Number);
writeMinimalHeaders(folder, 'TensorRT', { major, minor, patch });
