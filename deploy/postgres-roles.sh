#!/usr/bin/env bash
# Makes a role and a database of the same name for each service, which no other service's role can open. Run once by the
# PostgreSQL image, when its data folder is empty. A service added later: run the same three statements by hand.
set -euo pipefail

for service in catalogue identity ordering redemption payout timer portal; do
    psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
        --set service="$service" --set password="$POSTGRES_PASSWORD" <<'SQL'
create role :"service" login password :'password';
create database :"service" owner :"service";
revoke connect on database :"service" from public;
SQL
done
