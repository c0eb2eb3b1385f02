// What late work costs, in a sentence; the Hub's page "My courses" says the same (doorstart.pages.units).
import type { Late } from './wire';
import type { Speaker } from './words';

/** Empty when it costs nothing. */
export function lateRule({ kind, points, days }: Late, { say, number }: Speaker): string {
  if (kind === 'points') {
    return say('late_points', { points: number(points ?? 0) });
  }
  if (kind === 'none') {
    return '';
  }
  return days ? say(days === 1 ? 'late_day' : 'late_days', { days }) : say('late_zero');
}
