/** Pixels that the table of lanes and the drawing below it share. The style sheet has the height of a line too. */
export const LINE = 18;
/** Height of the table's head. */
export const HEAD = 30;
export const STEP_COLUMN = 52;
/** Between a lane's edge, its bars and its text. */
export const GUTTER = 8;
export const BAR = 15;
