/** Rows that the logging process keeps in memory at most: the most that a kill may lose. */
export const queueRows = 200;
