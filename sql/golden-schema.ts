/** Describes a schema as data, from the catalog alone (there is no pg_dump everywhere), so that every change shows in review. */

import type { Queryable } from './database.ts';

const catalog = {
  tables: `
    select relation.relname as name, relation.relkind::text as kind, obj_description(relation.oid, 'pg_class') as comment,
      (select json_agg(json_build_array(attname, format_type(atttypid, atttypmod),
          case when attnotnull then 'not null' else 'null' end,
          case attidentity when '' then pg_get_expr(adbin, adrelid) else 'identity' end,
          col_description(attrelid, attnum)) order by attnum)
        from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
        where attrelid = relation.oid and attnum > 0 and not attisdropped) as columns
    from pg_class relation
    where relation.relnamespace = 'public'::regnamespace and relation.relkind in ('r', 'p', 'v') and not relation.relispartition
    order by 1`,
  constraints: `
    select conrelid::regclass::text as "table", conname as name, pg_get_constraintdef(oid) as definition
    from pg_constraint
    where connamespace = 'public'::regnamespace and conparentid = 0 and contype <> 'n'
      and not (select relispartition from pg_class where pg_class.oid = conrelid)
    order by 1, 2`,
  indexes: `
    select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
    from pg_index join pg_class relation on relation.oid = indrelid
    where relation.relnamespace = 'public'::regnamespace and not relation.relispartition
    order by 1`,
  views: `
    select viewname as name, definition from pg_views where schemaname = 'public' order by 1`,
  functions: `
    select proname as name, pg_get_functiondef(oid) as definition
    from pg_proc where pronamespace = 'public'::regnamespace order by 1`,
  triggers: `
    select tgname as name, pg_get_triggerdef(oid) as definition
    from pg_trigger where not tgisinternal and tgparentid = 0 order by 1`,
} as const;

/** The schema of a database: tables, constraints, indexes, views, functions and triggers, sorted by name. */
export async function describeSchema(database: Queryable): Promise<Record<string, unknown[]>> {
  const schema: Record<string, unknown[]> = {};
  for (const [part, query] of Object.entries(catalog)) schema[part] = await database.query(query);
  return schema;
}
