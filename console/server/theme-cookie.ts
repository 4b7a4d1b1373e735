/** Not signed: it says nothing of anybody. */
export const themeCookie = 'tidewatch_theme';
