-- One row a site; each site lives in a schema of its own.
create table site (
  name text primary key,
  schema_name text not null unique,
  -- keys the hashes of the site's search index (see store/postgres/index/term.ts) and signs its paging cursors
  hash_key text not null,
  created_at timestamptz not null default now()
);
