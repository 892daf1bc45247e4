#!/bin/sh
# First start of the database container: an owner that is no superuser, so that row security binds it too.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$TANDEM_OWNER_PASSWORD" --username postgres <<'SQL'
CREATE ROLE tandem_owner LOGIN NOSUPERUSER NOBYPASSRLS CREATEROLE PASSWORD :'password';
CREATE DATABASE tandem OWNER tandem_owner;
SQL
