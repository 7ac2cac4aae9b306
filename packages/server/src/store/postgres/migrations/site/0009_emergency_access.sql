-- Each look at what only an emergency opens: who, at whose record, why, and what was asked. Never changed, never deleted.
create table emergency_access (
  id int8 generated always as identity primary key,
  at int8 not null,              -- ms since the epoch
  client_id text not null,
  user_reference text not null,  -- Practitioner/1
  patient text not null,         -- logical id
  reason text not null check (length(trim(reason)) > 0),
  interaction text not null,     -- read, search-type, …
  resource_type text not null,   -- * where it was of all types
  resource_id text               -- where one resource was asked for
);
create index emergency_access_patient on emergency_access (patient, at);
