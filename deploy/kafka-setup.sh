#!/usr/bin/env bash
# Grants every service its rights on the cluster. Runs in the container `kafka-acls` of docker-compose.yml, as the user `setup`.
set -euo pipefail
umask 077

cat >/tmp/setup.properties <<END
security.protocol=SASL_SSL
sasl.mechanism=PLAIN
sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="setup" password="${SETUP_PASSWORD:?}";
ssl.truststore.type=PEM
ssl.truststore.location=/etc/kafka/secrets/ca.pem
END
export KAFKA="--bootstrap-server ${BOOTSTRAP_SERVERS:?} --command-config /tmp/setup.properties"
PATH="/opt/kafka/bin:$PATH" bash "$(dirname -- "${BASH_SOURCE[0]}")/kafka-acls.sh"
