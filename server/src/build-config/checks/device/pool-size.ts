import { sizeText } from '../../values/sizes.ts';
import { removedEntry } from '../edits.ts';
import { preferred, type Rule, replacement } from '../rule.ts';

/** More shared memory than any GPU has for one block (228 KiB on compute capability 9.0), with room for what is to come. */
const greatestSharedMemory = 2 ** 20;

/** Memory pools: sizes that were probably meant in another unit, that leave nothing, or that the device does not have. */
export const poolSize: Rule = (context, report) => {
  const { build, runtime } = context;
  for (const { name, value } of build.get('memPoolSize')?.value ?? []) {
    const { bytes, amount } = value.value;
    const pool = name.value;
    const size = sizeText(value.value);
    if (pool === 'tacticSharedMem' && bytes > greatestSharedMemory) {
      report({
        code: 'config.pool-size',
        severity: 'warning',
        origin: value.origin,
        message: `A GPU has no ${size} of shared memory for a kernel; 48KiB to 228KiB are usual. A number without a unit is MiB.`,
        fixes: preferred([replacement(value.origin, `${amount}KiB`)]),
      });
    } else if (pool === 'workspace' && bytes === 0) {
      report({
        code: 'config.pool-size',
        severity: 'warning',
        origin: value.origin,
        message:
          'A workspace of 0 leaves layers no scratch memory: many have no kernel then, and the build fails with "Could not find any implementation". Without the setting, all memory of the device may be used.',
        fixes: preferred([
          { title: 'Remove workspace', edits: removedEntry(context, name.origin, value.origin) },
        ]),
      });
    } else if (pool === 'workspace' && runtime?.device && bytes > runtime.device.totalMemory) {
      const gib = (runtime.device.totalMemory / 2 ** 30).toFixed(1);
      report({
        code: 'config.pool-size',
        severity: 'warning',
        origin: value.origin,
        message: `${size} are more than ${runtime.device.name} has, ${gib} GiB. TensorRT may choose kernels whose memory is not there; without the setting it takes the memory of the device as the limit.`,
        fixes: preferred([
          { title: 'Remove workspace', edits: removedEntry(context, name.origin, value.origin) },
        ]),
      });
    } else if (pool.startsWith('dla') && (build.get('useDLACore')?.value ?? -1) < 0) {
      report({
        code: 'config.pool-size',
        severity: 'hint',
        tag: 'unnecessary',
        origin: name.origin,
        message: `${pool} is memory of DLA, which is not used: there is no \`useDLACore\`.`,
        fixes: preferred([
          { title: `Remove ${pool}`, edits: removedEntry(context, name.origin, value.origin) },
        ]),
      });
    } else if (pool === 'dlaSRAM' && bytes > 0 && !Number.isInteger(Math.log2(bytes))) {
      const power = 2 ** Math.floor(Math.log2(bytes));
      report({
        code: 'config.pool-size',
        severity: 'information',
        origin: value.origin,
        message: `DLA’s SRAM is given in powers of 2: ${power / 1024}KiB are used of ${size}.`,
        fixes: preferred([replacement(value.origin, `${power / 1024}KiB`)]),
      });
    }
  }
};
