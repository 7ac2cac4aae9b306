-- Search parameters beside R4's own: of installed packages and of SearchParameter resources.
create table search_parameter (
  type text collate "C" not null,
  code text collate "C" not null,
  definition json not null,      -- a SearchParameter of packages/fhir/src/search/parameter.ts
  state text not null check (state in ('indexing', 'active')),
  since int8 not null,           -- ms since the epoch: when it came into this state
  primary key (type, code)
);

-- Types whose resources are being indexed anew, row by row in the order of rid. A row is a job: who works on it holds it
-- until leased_until and says so again with each batch; what a dead process left is taken up by another.
create table reindex (
  tk int2 primary key,
  since int8 not null,           -- ms since the epoch: not begun before every node has heard of it
  position int8 not null default -1,
  done int8 not null default 0,
  leased_until int8 not null default 0
);

-- Which version of the index's content the rows have (store/postgres/index/index-version.ts).
create table index_state (version int4 not null);
insert into index_state values (1);
