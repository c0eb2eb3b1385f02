// Due dates in words: "Friday, in 3 days". Days are those of the calendar, in the browser's time zone.
import type { Speaker } from './words';

const DAY = 86_400_000;
const WEEK = 7;

/** The time in the exchange's format, `2030-01-31 16:00:00.000000 UTC`. */
export function parseTime(text: string): Date {
  return new Date(text.replace(' ', 'T').replace(/(\.\d{3})\d* UTC$/, '$1Z'));
}

/** How many midnights lie between two times; negative when `then` is before `now`. */
export function daysBetween(now: Date, then: Date): number {
  const day = (time: Date): number => Date.UTC(time.getFullYear(), time.getMonth(), time.getDate());
  return Math.round((day(then) - day(now)) / DAY);
}

export interface Due {
  text: string;
  late: boolean;
}

/** When something is due, for a person who reads it `now`. */
export function dueInWords(due: Date, now: Date, speaker: Speaker): Due {
  const days = daysBetween(now, due);
  const locale = speaker.language;
  const late = due.getTime() < now.getTime();
  let when: string;
  if (days === 0) {
    when = speaker.say('due_today', { time: speaker.clock(due) });
  } else {
    const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day');
    const near = Math.abs(days) < WEEK;
    const day = new Intl.DateTimeFormat(locale, near ? { weekday: 'long' } : { day: 'numeric', month: 'long' });
    when = speaker.say('due_day', { day: day.format(due), relative });
  }
  return { text: speaker.say(late ? 'late' : 'due', { when }), late };
}

/** How long until a time, in whole minutes, or seconds when it is less than one: "in 5 minutes". */
export function timeLeft(until: Date, now: Date, speaker: Speaker): string {
  const seconds = Math.max(0, Math.round((until.getTime() - now.getTime()) / 1000));
  const format = new Intl.RelativeTimeFormat(speaker.language, { numeric: 'always' });
  return seconds < 60 ? format.format(seconds, 'second') : format.format(Math.floor(seconds / 60), 'minute');
}
