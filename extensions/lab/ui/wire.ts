// What the server's side of this extension answers: see doorstart_lab/desk.py, and docs/exchange.md for units.

export interface SentFile {
  path: string;
  size: number;
}

export interface Receipt {
  id: string;
  course: string;
  assignment: string;
  learner: string;
  digest: string;
  /** In the exchange's format: `parseTime` reads it. */
  time: string;
  signature: string;
}

export type State = 'new' | 'started' | 'submitted' | 'returned';

export interface Unit {
  assignment: string;
  title: string;
  minutes: number | null;
  due: string | null;
  open: boolean;
  state: State;
  score: number | null;
  max_score: number | null;
  /** The notebook's place below the home; null: it was not fetched. */
  path: string | null;
  submissions: { receipt: Receipt; feedback: object | null }[];
}

/** What late work costs: points for each day, or all of them after so many days. */
export interface Late {
  kind: 'none' | 'points' | 'zero';
  points: number | null;
  days: number | null;
}

export interface Course {
  course: string;
  title: string;
  language: string | null;
  late: Late;
  units: Unit[];
}

export interface Listed {
  name: string;
  now: string;
  next: { course: string; assignment: string } | null;
  courses: Course[];
}

export interface Parcel {
  files: SentFile[];
  missing: string[];
  extra: string[];
  left_out: string[];
}

export interface HandedIn {
  receipt: Receipt;
  created: boolean;
  path: string | null;
}

export interface Feedback {
  receipt: Receipt;
  score: number | null;
  max_score: number | null;
  pages: { name: string; html: string }[];
}

export interface Notice {
  kind: string;
  at: string;
  reason: string;
}
