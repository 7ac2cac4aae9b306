-- What a search compares: units, composites, texts. For the terms and numbers see store/postgres/index.

-- u: what kind of amount (a UCUM unit's kind, or a hash of system|code); c: hash of the code; n: hash of the unit's text
-- where it is another. clo, chi: the amount in the unit of its kind, where that is not the one it was measured in.
alter table qty add column n int8, add column clo float8, add column chi float8;
create index qty_clo on qty (p, clo, rid) where clo is not null;
create index qty_crange on qty (p, chi) where chi > clo;

-- Composites: a row for each code of the first part. k: hash of the composite and that code (or reference), s: hash of
-- the code's system, w: hashes of all other parts that are looked up by hash; numbers, dates, quantities and strings as
-- elsewhere.
create table cmp (
  k int8 not null, s int8, w int8[] not null,
  lo float8, hi float8, u int8, c int8, n int8, clo float8, chi float8, lo2 float8, hi2 float8,
  val text collate "C",
  rid int8 not null, pk int8 not null
);
create index cmp_lo on cmp (k, lo, rid);
create index cmp_clo on cmp (k, clo, rid) where clo is not null;
create index cmp_rid on cmp (rid);

-- Words of a resource with their places, those of the narrative with weight A. texts: what its codes are called, codes:
-- codes that are not called anything, references and URIs; each as the text and the parameters it is found by (see index/text-row.ts).
create table txt (
  rid int8 primary key, words tsvector not null, texts text[] not null, codes text[] not null, pk int8 not null
);
-- Unlike the terms, these wait in the list for long: they are many, and seldom searched.
create index txt_words on txt using gin (words);

-- Parts of strings are found by trigrams where the extension is there or may be made; without it each string is read.
do $$
declare
  home text;
begin
  begin
    create extension if not exists pg_trgm with schema public;
  exception when others then
    raise notice 'pg_trgm cannot be made here: %', sqlerrm;
  end;
  select n.nspname into home from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm';
  if home is not null then
    execute format('create index str_part on str using gin (val %I.gin_trgm_ops)', home);
  end if;
end $$;
