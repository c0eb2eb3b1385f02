// What the tour says, step by step, for somebody who never held a mouse. How it is shown: tour.ts.
import { PANEL } from './view';
import type { Word } from './words';

export type Exercise = 'click' | 'type' | 'cell';

export interface Step {
  title: Word;
  text: Word[];
  /** What the person does, to see that it works. */
  exercise?: Exercise;
  /** The text of a button that appears later on, so that it is known when it does. */
  shows?: Word;
  /** Where on the page it is: gets a thick line. */
  at?: string;
}

export const STEPS: Step[] = [
  { title: 'tour_welcome_title', text: ['tour_welcome_1', 'tour_welcome_2'] },
  { title: 'tour_mouse_title', text: ['tour_mouse_1', 'tour_mouse_2'], exercise: 'click' },
  { title: 'tour_keyboard_title', text: ['tour_keyboard_1', 'tour_keyboard_2'], exercise: 'type' },
  { title: 'tour_cell_title', text: ['tour_cell_1', 'tour_cell_2'], exercise: 'cell' },
  { title: 'tour_courses_title', text: ['tour_courses_1', 'tour_courses_2'], at: `#${PANEL} .ds-list` },
  { title: 'tour_check_title', text: ['tour_check_1'], shows: 'check' },
  { title: 'tour_hand_in_title', text: ['tour_hand_in_1', 'hand_in_again'], shows: 'hand_in' },
  { title: 'tour_feedback_title', text: ['tour_feedback_1'], shows: 'feedback' },
  { title: 'tour_looks_title', text: ['tour_looks_1', 'tour_looks_2'], at: `#${PANEL} .ds-view` },
  { title: 'tour_wrong_title', text: ['tour_wrong_1', 'tour_wrong_2', 'tour_wrong_3'] },
  { title: 'tour_end_title', text: ['tour_end_1', 'tour_end_2'] }
];
