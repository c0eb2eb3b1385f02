// Whether a kernel hears, and is heard. A message that is sent while the server still connects to the kernel may get a
// reply but never the sign that it is done, and a cell would wait for that forever; JupyterLab sends what is waiting
// after three seconds all the same, which is too soon where thirty kernels start at once.
import type { Kernel } from '@jupyterlab/services';

/** Milliseconds for one try, between two tries, and for all of them. */
const TRY = 2_000;
const PAUSE = 200;
const LONGEST = 60_000;

const after = (milliseconds: number): Promise<false> =>
  new Promise(resolve => window.setTimeout(() => resolve(false), milliseconds));

/** Resolves when a kernel has run nothing, and has said so on both ways; to false if it did not within a minute. */
export async function answers(kernel: Kernel.IKernelConnection): Promise<boolean> {
  for (const until = Date.now() + LONGEST; Date.now() < until && kernel.status !== 'dead'; ) {
    const asked = kernel.requestExecute({ code: '', silent: true, store_history: false, allow_stdin: false });
    const heard = asked.done.then(() => true, () => false);
    if (await Promise.race([heard, after(TRY)])) {
      return true;
    }
    asked.dispose();
    await after(PAUSE);
  }
  return false;
}

const waiting = new WeakMap<Kernel.IKernelConnection, Promise<unknown>>();

/** Resolves when a kernel has been heard since it was last started, to all in the order in which they asked; null: it was. */
export function untilHeard(kernel: Kernel.IKernelConnection): Promise<unknown> | null {
  const wait = waiting.get(kernel);
  if (wait || kernel.status === 'idle' || kernel.status === 'busy') {
    return wait ?? null; // only a kernel itself says that it is idle or busy
  }
  const heard = answers(kernel).finally(() => waiting.delete(kernel));
  waiting.set(kernel, heard);
  return heard;
}
