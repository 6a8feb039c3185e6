#!/usr/bin/env bash
# Makes a role and a database of the same name for each service, and closes every database to everybody else. Run once by the
# PostgreSQL image, when its data folder is empty, with the password of each role in QUAN_<SERVICE>_DATABASE_PASSWORD.
# It may be run again: a role that is there gets the password anew, a database that is there is left alone.
set -euo pipefail

# Nothing that fails is written into the server's log with the password in it.
export PGOPTIONS="-c log_min_error_statement=panic"

for service in catalogue identity ordering redemption payout timer portal; do
    variable="QUAN_${service^^}_DATABASE_PASSWORD"
    [[ -n "${!variable:-}" ]] || { echo "postgres-roles: $variable is not set" >&2; exit 64; }
    # By the environment, since arguments are seen by every process.
    role_password="${!variable}" psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
        --set service="$service" <<'SQL'
\getenv password role_password
select format('create role %I', :'service') where not exists (select from pg_roles where rolname = :'service') \gexec
alter role :"service" with login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'password';
select format('create database %I owner %I', :'service', :'service') where not exists (select from pg_database where datname = :'service') \gexec
SQL
done

# The server's own databases too: whoever may open one may look at the names of all roles and databases, and fill it.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
select format('revoke all on database %I from public', datname) from pg_database \gexec
SQL
