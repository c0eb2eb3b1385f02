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
  /** Why something did not work, from the word for programs that an answer of the server has. */
  why(code: string, message: string): string;
}

/** The other words for programs that come from the exchange, the relay and the Hub, and which text says it. */
const CODES: Record<string, Word> = {
  away: 'why_unreachable',
  hub_unavailable: 'why_unreachable',
  internal_error: 'why_unreachable',
  notebook_missing: 'why_no_notebook',
  status_413: 'why_too_large',
  status_429: 'why_too_often',
  store_full: 'why_unreachable',
  'too-many-requests': 'why_too_often',
  upload_timeout: 'why_unreachable'
};

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
    why: (code, message) => {
      const word = CODES[code] ?? `why_${code}`;
      return word in words ? say(word as Word) : say('why_other', { message });
    }
  };
}
