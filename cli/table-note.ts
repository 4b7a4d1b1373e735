/** What a command takes as a table; for its help. See `openTable`. */
export const tableNote = `
A table is a CSV, Parquet or JSON lines file, several files by a quoted pattern ('january/*.parquet'), - for standard input, or
postgres:<table, view or select> in the database at DATABASE_URL.`;
