/** What the console can have done. It knows no Temporal: whoever starts it hands this in (see worker/console.ts). */

// One function for each kind of action, as the commands have them; none so far.
export interface ConsoleActions {}
