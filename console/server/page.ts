/** What a page is: what was asked for -> what is stored -> what is shown. Pages know neither HTTP nor each other. */

import type { Queryable } from '../../sql/database.ts';
import type { ChartOption } from '../charts.ts';
import type { Html } from '../html.ts';
import type { SectionName } from '../layout/navigation.ts';
import type { ConsoleActions } from './actions.ts';
import type { TemporalAnswer } from './temporal-now.ts';
import type { Role, Viewer } from './access/roles.ts';

/** What is asked for. The connection sees one instant and cannot write. */
export interface Asked {
  readonly connection: Queryable;
  /** Of the path, decoded: whatever somebody typed. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The wall clock, in epoch milliseconds. */
  readonly now: number;
}

/** Who looks, and from where. */
export interface View {
  readonly now: number;
  /** The path with its query, for links that change a part of it. */
  readonly path: string;
  readonly viewer: Viewer;
  /** Where the Temporal UI shows the workflows of the namespace. */
  readonly temporalUiUrl: string;
  /** Migrations that this console does not know and can work with. */
  readonly newer: readonly string[];
  /** Of the model of the path; unknown on pages that do not ask for it. */
  readonly temporal: TemporalAnswer;
  /** What they had typed into the form of this page when their session was found to have ended; empty otherwise. */
  readonly draft: Readonly<Record<string, string>>;
}

/** What a page shows. */
export interface Shown {
  /** Begins the title of the window. */
  readonly title: string;
  readonly main: Html;
}

export interface PageRoute {
  /** As hono has it, such as `/models/:model`. */
  readonly path: string;
  /** Which part of the navigation it belongs to. */
  readonly section: SectionName;
  /** Absent: everybody who has signed in. */
  readonly role?: Role;
  /** Whether Temporal is asked of the model of the path, while the database is read. */
  readonly asksTemporal: boolean;
  /** Gives what draws it; undefined where there is no such thing. */
  readonly load: (asked: Asked) => Promise<((view: View) => Shown) | undefined>;
}

/** A page that reads with `load` and draws with `draw`, which is pure. What `load` does not find is a page that says so (404). */
export function page<Loaded>(route: {
  readonly path: string;
  readonly section: SectionName;
  readonly role?: Role;
  readonly asksTemporal?: true;
  readonly load: (asked: Asked) => Promise<Loaded | undefined>;
  readonly draw: (loaded: Loaded, view: View) => Shown;
}): PageRoute {
  const { load, draw, asksTemporal = false, ...where } = route;
  return {
    ...where,
    asksTemporal,
    load: async (asked) => {
      const loaded = await load(asked);
      return loaded === undefined ? undefined : (view) => draw(loaded, view);
    },
  };
}

/** A table as a file. */
export interface Table {
  /** Of the file, without an extension. */
  readonly name: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Null where there is nothing. */
export type Cell = string | number | null;

export interface TableRoute {
  /** The file is `<path>.csv`. */
  readonly path: string;
  readonly role?: Role;
  readonly read: (asked: Asked) => Promise<Table>;
}

/** A chart as files: as a picture, and what it shows as a table. */
export interface Drawing extends Table {
  readonly option: ChartOption;
  readonly size: { readonly width: number; readonly height: number };
}

export interface DrawingRoute {
  /** The files are `<path>.svg`, `.png` and `.csv`. */
  readonly path: string;
  /** Undefined where there is nothing to draw. */
  readonly draw: (asked: Asked) => Promise<Drawing | undefined>;
}

/** What somebody wants done: a form that was sent. */
export interface ActionAsked {
  readonly parameters: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
  readonly viewer: Viewer;
  readonly now: number;
  readonly actions: ConsoleActions;
}

/** An action of operators: each has an audit row, whether it was done or not, and then shows `back` again with what it says. */
export interface ActionRoute {
  readonly path: string;
  /** For the audit row, such as `alert.acknowledge`. */
  readonly action: string;
  /** What it is done to, for the audit row: the key of an alert, the id of a retraining. */
  readonly subject: (asked: ActionAsked) => { readonly model?: string; readonly subject: string };
  /** What was done, in words for people; throws a `TidewatchError` where it is refused. */
  readonly act: (asked: ActionAsked) => Promise<string>;
  /** The page that it was on. */
  readonly back: (asked: ActionAsked) => string;
}
