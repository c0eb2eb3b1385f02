// The Python behind the tour's cell: a kernel of its own, so that what somebody tries there touches no notebook.
import type { Kernel, KernelMessage } from '@jupyterlab/services';

import { messageOf } from './checks';
import { answers } from './kernel';

export interface Answer {
  text: string;
  /** Whether Python stopped with an error. */
  failed: boolean;
}

/** Milliseconds for a sum that somebody tries; what runs on is stopped. */
const LONGEST = 20_000;

export class Practice {
  private kernel: Promise<Kernel.IKernelConnection> | null = null;

  constructor(private readonly kernels: Kernel.IManager) {}

  /** Starts Python, so that it is there when it is needed. */
  prepare(): void {
    this.kernel ??= this.kernels.startNew().then(async kernel => ((await answers(kernel)), kernel));
    this.kernel.catch(() => (this.kernel = null));
  }

  /** Runs code, and resolves to what a notebook would show below the cell; rejects if Python does not answer. */
  async run(code: string): Promise<Answer> {
    this.prepare();
    const kernel = await this.kernel!;
    const future = kernel.requestExecute({ code, allow_stdin: false });
    const answer: Answer = { text: '', failed: false };
    future.onIOPub = message => add(answer, message);
    const clock = window.setTimeout(() => void kernel.interrupt(), LONGEST);
    try {
      await future.done;
    } finally {
      clearTimeout(clock);
    }
    return answer;
  }

  /** Ends Python. */
  async end(): Promise<void> {
    const kernel = await this.kernel?.catch(() => null);
    this.kernel = null;
    await kernel?.shutdown();
    kernel?.dispose();
  }
}

function add(answer: Answer, { header, content }: KernelMessage.IIOPubMessage): void {
  if (header.msg_type === 'stream') {
    answer.text += (content as KernelMessage.IStreamMsg['content']).text;
  } else if (header.msg_type === 'execute_result') {
    answer.text += String((content as KernelMessage.IExecuteResultMsg['content']).data['text/plain']);
  } else if (header.msg_type === 'error') {
    answer.text += messageOf({ output_type: 'error', ...(content as KernelMessage.IErrorMsg['content']) });
    answer.failed = true;
  }
}
