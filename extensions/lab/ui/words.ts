// What people read, in their language. The texts are in `words/`; English is the one that the others are compared with.
import de from './words/de.json';
import en from './words/en.json';
import fr from './words/fr.json';
import nl from './words/nl.json';

export type Word = keyof typeof en;
export type Language = 'nl' | 'fr' | 'en' | 'de';

const WORDS: Record<Language, Record<Word, string>> = { nl, fr, en, de };

export interface Speaker {
  readonly language: Language;
  /** The text, with `{name}` replaced by the value of that name. */
  say(word: Word, values?: Record<string, string | number>): string;
  /** A number as it is written in this language, with at most two decimals. */
  number(value: number): string;
  /** A day and a time. */
  moment(time: Date): string;
  /** A time of the day. */
  clock(time: Date): string;
  /** Why something did not work, from the word for programs that an answer of the server has, and about which file. */
  why(code: string, message: string, file?: string): string;
}

/** The other words for programs that come from the exchange, the relay and the Hub, and which text says it. */
const CODES: Record<string, Word> = {
  away: 'why_unreachable',
  bad_archive: 'why_damaged',
  bad_name: 'why_not_understood',
  bad_request: 'why_not_understood',
  bad_score: 'why_not_understood',
  bad_time: 'why_not_understood',
  digest_missing: 'why_not_understood',
  empty: 'why_no_notebook',
  forbidden: 'why_not_allowed',
  hub_unavailable: 'why_unreachable',
  instructors_only: 'why_not_understood',
  internal_error: 'why_unreachable',
  method_not_allowed: 'why_not_understood',
  not_a_file: 'why_file_type',
  not_found: 'why_not_understood',
  not_identified: 'why_not_allowed',
  notebook_missing: 'why_no_notebook',
  scope_missing: 'why_not_allowed',
  status_403: 'why_not_allowed',
  status_413: 'why_too_large',
  status_429: 'why_too_often',
  'too-many-requests': 'why_too_often',
  truncated: 'why_damaged',
  upload_timeout: 'why_unreachable',
  wrong_digest: 'why_damaged'
};
/** What an answer has that does not come from the exchange itself, and is none that is expected: `status_500`. */
const STRANGE = /^status_\d+$/;

/** The texts in the first of these languages that we have, or else in English. */
export function speaker(...languages: string[]): Speaker {
  const known = (languages.find(language => language in WORDS) ?? 'en') as Language;
  const words = WORDS[known];
  const locale = known === 'en' ? 'en-GB' : `${known}-BE`;
  const say = (word: Word, values: Record<string, string | number> = {}): string =>
    words[word].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  return {
    language: known,
    say,
    number: value => new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(value),
    moment: time => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' }).format(time),
    clock: time => new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(time),
    why: (code, message, file = '') => {
      const word = CODES[code] ?? (STRANGE.test(code) ? 'why_not_understood' : `why_${code}`);
      const told = say(word in words ? (word as Word) : 'why_other', { message });
      return file ? `${told} ${say('which_file', { file })}` : told;
    }
  };
}
