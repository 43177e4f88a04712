#!/bin/bash
# Two databases, each with an owner of its own: ours, which holds the record, and Prefect's, which can be lost.
set -euo pipefail
make_database() {   # name, file with its owner's password
    psql --username postgres --set ON_ERROR_STOP=1 --set name="$1" --set password="$(cat "$2")" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name" ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
}
make_database pathways /run/secrets/database-password
make_database prefect /run/secrets/prefect-database-password
psql --username postgres --dbname prefect --command 'CREATE EXTENSION IF NOT EXISTS pg_trgm'
