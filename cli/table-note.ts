/** What a command takes as a table; for its help. See `openTable`. */
export const tableNote = `
A table is a CSV or Parquet file; several files by a pattern in quotes ('january/*.parquet'); - for standard input; or
postgres:<table, view or select>, of the database at DATABASE_URL.`;
