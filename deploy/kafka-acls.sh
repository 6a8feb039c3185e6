#!/usr/bin/env bash
# Grants every program of Quan its rights on Kafka; printed by `quan topics --acls`. It adds rights and removes none.
# KAFKA is how to connect to the cluster as a user with the right to grant them:
#   KAFKA="--bootstrap-server kafka:9092 --command-config admin.properties" bash kafka-acls.sh
set -euo pipefail
allow() { kafka-acls.sh ${KAFKA:?} --add "$@"; }

# Every service may list all topics, and create missing ones when it starts.
allow --operation Describe --operation DescribeConfigs --operation Create \
    --allow-principal User:catalogue \
    --allow-principal User:identity \
    --allow-principal User:ordering \
    --allow-principal User:redemption \
    --allow-principal User:payout \
    --allow-principal User:timer \
    --allow-principal User:portal \
    --topic catalogue.commands \
    --topic catalogue.events \
    --topic catalogue.parked \
    --topic identity.commands \
    --topic identity.events \
    --topic identity.parked \
    --topic ordering.commands \
    --topic ordering.events \
    --topic ordering.parked \
    --topic payout.commands \
    --topic payout.events \
    --topic payout.parked \
    --topic portal.commands \
    --topic portal.events \
    --topic portal.parked \
    --topic redemption.commands \
    --topic redemption.events \
    --topic redemption.parked \
    --topic replies \
    --topic timer.commands \
    --topic timer.events \
    --topic timer.parked

allow --allow-principal User:catalogue --operation Read \
    --topic catalogue.commands \
    --topic identity.events \
    --topic portal.events \
    --group catalogue
allow --allow-principal User:catalogue --operation Write \
    --topic catalogue.events \
    --topic catalogue.parked \
    --topic identity.commands \
    --topic ordering.commands \
    --topic payout.commands \
    --topic portal.commands \
    --topic redemption.commands \
    --topic replies

allow --allow-principal User:identity --operation Read \
    --topic catalogue.events \
    --topic identity.commands \
    --topic timer.events \
    --group identity
allow --allow-principal User:identity --operation Write \
    --topic catalogue.commands \
    --topic identity.events \
    --topic identity.parked \
    --topic ordering.commands \
    --topic payout.commands \
    --topic portal.commands \
    --topic redemption.commands \
    --topic replies \
    --topic timer.commands

allow --allow-principal User:ordering --operation Read \
    --topic catalogue.events \
    --topic identity.events \
    --topic ordering.commands \
    --topic redemption.events \
    --topic timer.events \
    --group ordering
allow --allow-principal User:ordering --operation Write \
    --topic catalogue.commands \
    --topic identity.commands \
    --topic ordering.commands \
    --topic ordering.events \
    --topic ordering.parked \
    --topic payout.commands \
    --topic portal.commands \
    --topic redemption.commands \
    --topic replies \
    --topic timer.commands

allow --allow-principal User:redemption --operation Read \
    --topic catalogue.events \
    --topic identity.events \
    --topic ordering.events \
    --topic redemption.commands \
    --topic timer.events \
    --group redemption
allow --allow-principal User:redemption --operation Write \
    --topic catalogue.commands \
    --topic identity.commands \
    --topic ordering.commands \
    --topic payout.commands \
    --topic portal.commands \
    --topic redemption.commands \
    --topic redemption.events \
    --topic redemption.parked \
    --topic replies \
    --topic timer.commands

allow --allow-principal User:payout --operation Read \
    --topic catalogue.events \
    --topic identity.events \
    --topic ordering.events \
    --topic payout.commands \
    --topic redemption.events \
    --group payout
allow --allow-principal User:payout --operation Write \
    --topic catalogue.commands \
    --topic identity.commands \
    --topic ordering.commands \
    --topic payout.events \
    --topic payout.parked \
    --topic portal.commands \
    --topic redemption.commands \
    --topic replies

allow --allow-principal User:timer --operation Read \
    --topic timer.commands \
    --group timer
allow --allow-principal User:timer --operation Write \
    --topic identity.commands \
    --topic ordering.commands \
    --topic portal.commands \
    --topic redemption.commands \
    --topic replies \
    --topic timer.events \
    --topic timer.parked

allow --allow-principal User:portal --operation Read \
    --topic catalogue.events \
    --topic identity.events \
    --topic ordering.events \
    --topic payout.events \
    --topic portal.commands \
    --topic redemption.events \
    --topic replies \
    --topic timer.events \
    --group portal
allow --allow-principal User:portal --operation Write \
    --topic catalogue.commands \
    --topic identity.commands \
    --topic ordering.commands \
    --topic payout.commands \
    --topic portal.commands \
    --topic portal.events \
    --topic portal.parked \
    --topic redemption.commands \
    --topic replies \
    --topic timer.commands
allow --allow-principal User:portal --operation Read \
    --resource-pattern-type prefixed --group portal-

allow --allow-principal User:quan --operation Read \
    --topic replies
allow --allow-principal User:quan --operation Write \
    --topic catalogue.commands \
    --topic identity.commands \
    --topic ordering.commands \
    --topic payout.commands \
    --topic portal.commands \
    --topic redemption.commands \
    --topic timer.commands
allow --allow-principal User:quan --operation Read \
    --resource-pattern-type prefixed --group quan-
