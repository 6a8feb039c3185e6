#!/usr/bin/env bash
# Creates a role and a database of the same name for each service, and revokes all rights of other roles on every database. The
# PostgreSQL image runs it once, when its data folder is empty, with the password of each role in QUAN_<SERVICE>_DATABASE_PASSWORD.
# It may be run again: it sets the passwords of existing roles and does not change existing databases.
set -euo pipefail

# Keeps failed statements, which contain passwords, out of the server's log.
export PGOPTIONS="-c log_min_error_statement=panic"

for service in catalogue identity ordering redemption payout timer portal; do
    variable="QUAN_${service^^}_DATABASE_PASSWORD"
    [[ -n "${!variable:-}" ]] || { echo "postgres-roles: $variable is not set" >&2; exit 64; }
    # Passed in the environment, because every process can read arguments.
    role_password="${!variable}" psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
        --set service="$service" <<'SQL'
\getenv password role_password
select format('create role %I', :'service') where not exists (select from pg_roles where rolname = :'service') \gexec
alter role :"service" with login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'password';
select format('create database %I owner %I', :'service', :'service') where not exists (select from pg_database where datname = :'service') \gexec
SQL
done

# The server's own databases too: a role that can connect to one could list all roles and databases, and store data.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
select format('revoke all on database %I from public', datname) from pg_database \gexec
SQL
