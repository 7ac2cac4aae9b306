-- A resource server asks about the access tokens of all clients (RFC 7662); an administrator says which client is one.
alter table client add column is_resource_server bool not null default false;
