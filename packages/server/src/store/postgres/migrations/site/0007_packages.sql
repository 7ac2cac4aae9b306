-- FHIR packages that are installed on the site, and the canonical resources in them. Texts are JSON without narrative, raw
-- deflate. Times are ms since the epoch.

create table package (
  name text collate "C",
  version text collate "C",
  digest bytea not null, -- SHA-256 of the archive
  about json not null,   -- title, canonical, FHIR versions, dependencies
  installed_at int8 not null,
  primary key (name, version)
);

create table package_canonical (
  name text collate "C" not null,
  package_version text collate "C" not null,
  n int4 not null,
  type text not null,
  url text not null,
  version text,
  body bytea not null,
  primary key (name, package_version, n),
  foreign key (name, package_version) references package on delete cascade
);

-- Tells all nodes of each written resource from which the server itself learns something, once it is committed. The
-- numbers are those of store/postgres/index/type-key.ts for canonicalTypes of @chartgate/fhir.
create function tell_conformance() returns trigger language plpgsql as $$
begin
  perform pg_notify('chartgate_conformance', json_build_object('schema', tg_table_schema, 'tk', new.tk, 'id', new.id)::text);
  return null;
end $$;

create trigger tell_conformance after insert or update on res for each row
  when (new.tk in (13, 22, 25, 27, 57, 65, 98, 123, 128, 129, 144)) execute function tell_conformance();
