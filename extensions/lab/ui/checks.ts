// What the visible checks of a notebook said. Pure: from the notebook's JSON, after all cells were run.

export interface Output {
  output_type: string;
  ename?: string;
  evalue?: string;
  traceback?: string[];
}

export interface Cell {
  cell_type: string;
  source: string | string[];
  metadata: { nbgrader?: { grade?: boolean; solution?: boolean; grade_id?: string } };
  outputs?: Output[];
}

export interface Check {
  /** The place of its cell in the notebook, from 0. */
  index: number;
  /** The heading that it stands below, or else its id. */
  name: string;
  right: boolean;
  /** What it said when it was not right. */
  message: string;
  /** Whether it stopped at a gap that was not filled in. */
  gap: boolean;
}

export interface Report {
  checks: Check[];
  right: number;
  /** The first cell that stopped with an error: a check, or one before it that the checks need. */
  first: Check | null;
}

const COLOURS = /\u001b\[[0-9;]*m/g;
const HEADING = /^#{1,6}\s+(.+?)\s*#*\s*$/m;

function text(source: string | string[]): string {
  return typeof source === 'string' ? source : source.join('');
}

/** Whether a cell is a check that a learner can see: graded, not an answer, and not empty. */
export function isCheck(cell: Cell): boolean {
  const { grade, solution } = cell.metadata.nbgrader ?? {};
  const code = text(cell.source).split('\n').filter(line => line.trim() && !line.trim().startsWith('#'));
  return cell.cell_type === 'code' && grade === true && solution !== true && code.length > 0;
}

/** What an error says: our own checks show sentences in the place of a traceback, the rest a name and a message. */
export function messageOf(output: Output): string {
  const lines = (output.traceback ?? []).join('\n').replace(COLOURS, '').trim();
  if (output.ename === 'CheckFailed' && lines) {
    return lines;
  }
  return [output.ename, output.evalue].filter(Boolean).join(': ').replace(COLOURS, '');
}

function isGap(error: Output | undefined): boolean {
  return error?.ename === 'NameError' && (error.evalue ?? '').includes("'____'");
}

export function report(cells: Cell[]): Report {
  const checks: Check[] = [];
  let heading = '';
  let first: Check | null = null;
  cells.forEach((cell, index) => {
    if (cell.cell_type === 'markdown') {
      heading = HEADING.exec(text(cell.source))?.[1] ?? heading;
      return;
    }
    const error = (cell.outputs ?? []).find(output => output.output_type === 'error');
    const name = heading || (cell.metadata.nbgrader?.grade_id ?? String(index + 1));
    const check = { index, name, right: !error, message: error ? messageOf(error) : '', gap: isGap(error) };
    if (isCheck(cell)) {
      checks.push(check);
    }
    if (error && !first) {
      first = check;
    }
  });
  return { checks, right: checks.filter(check => check.right).length, first };
}
