-- The chart of one site. tk: number of the resource type. rid: row id, from blocks a node reserves.
-- pk: shard key, hash of the compartment's patient or else of the resource itself, in every table.
-- Times are ms since the epoch. Hashes are those of store/postgres/index/term.ts.

create sequence rid_block;

-- Current versions. A deleted resource keeps its row, without a body.
create table res (
  pk int8 not null,
  tk int2 not null,
  id text collate "C" not null,
  rid int8 not null unique,
  ver int4 not null,
  lu int8 not null,
  method int2 not null, -- 1 POST, 2 PUT, 3 DELETE
  body text,
  primary key (tk, id)
);

-- Superseded versions, written when they are superseded.
create table hist (
  pk int8 not null,
  tk int2 not null,
  id text collate "C" not null,
  ver int4 not null,
  lu int8 not null,
  method int2 not null,
  body text,
  primary key (tk, id, ver)
);

-- The search row. Of a deleted resource it stays with tk negated: no search finds it, while access to its history is
-- still decided by what it was.
create table sx (
  rid int8 primary key,
  pk int8 not null,
  tk int2 not null,
  lu int8 not null,
  idh int8 not null unique,  -- hash of Type/id
  pt int8,                   -- idh of the first patient it belongs to: order and locality
  d_lo int8,                 -- the type's clinical date (see store/postgres/index/ordered.ts), else null
  d_hi int8,
  terms int8[] not null,     -- tokens, references, uris, exact strings, compartments
  targets int8[] not null,   -- idh of every local resource it points at: chains go forward by them
  has int8[] not null        -- keys of the parameters it has a value for: :missing
);
create index sx_terms on sx using gin (terms) with (gin_pending_list_limit = 256);
create index sx_pt on sx (pt, tk, d_lo desc, rid);
create index sx_lu on sx (tk, lu, rid);
create index sx_date on sx (tk, d_lo, rid);
create index sx_rid on sx (tk, rid);
-- Longer than a day: so that what ends after a time is found by d_lo, or here (see store/postgres/criterion-range.ts).
create index sx_long on sx (tk, d_hi) where d_hi > d_lo + 86400000::int8;

-- Tokens that are searched alone and in order: identifier, code, category, type, … (h: token term, d: d_lo or lu).
create table kd (h int8 not null, d int8 not null, rid int8 not null, pk int8 not null);
create index kd_hd on kd (h, d, rid);
create index kd_rid on kd (rid);

-- Dates beside the clinical one. [lo, hi), p: parameter key.
create table dt (p int8 not null, lo int8 not null, hi int8 not null, rid int8 not null, pk int8 not null);
create index dt_lo on dt (p, lo, rid);
create index dt_rid on dt (rid);
create index dt_long on dt (p, hi) where hi > lo + 86400000::int8;

-- Numbers and quantities, lo = hi unless a range. u: hash of system|code, c: hash of the code or of the unit's text.
create table qty (
  p int8 not null, lo float8 not null, hi float8 not null, u int8, c int8, rid int8 not null, pk int8 not null
);
create index qty_lo on qty (p, lo, rid);
create index qty_rid on qty (rid);
create index qty_range on qty (p, hi) where hi > lo;

-- Strings, as normalizeString leaves them.
create table str (p int8 not null, val text collate "C" not null, rid int8 not null, pk int8 not null);
create index str_val on str (p, val, rid);
create index str_rid on str (rid);

-- A value held by the transaction that is about to create what a condition did not find.
create table guard (key int8 primary key);
