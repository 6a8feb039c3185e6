package import Foundation
package import Postgres

/// The audit trail: every decision on a command, in the order in which decisions were made.
package enum AuditTrail {
    /// How a command was decided.
    package enum Outcome: String, Sendable {
        case done, refused, discarded
    }

    /// A row of the trail.
    package struct Row: Sendable {
        let messageID: UUID
        let type: String
        let key: String
        let source: String
        let outcome: Outcome
        let refusal: PostgresJSON?
        let detail: PostgresJSON?
        let decidedAt: Date

        /// - Parameters:
        ///   - refusal: the refusal with its rule and values
        ///   - detail: the values compared, and the programme version
        package init(
            messageID: UUID, type: String, key: String, source: String, outcome: Outcome, refusal: PostgresJSON? = nil,
            detail: PostgresJSON? = nil, decidedAt: Date
        ) {
            self.messageID = messageID
            self.type = type
            self.key = key
            self.source = source
            self.outcome = outcome
            self.refusal = refusal
            self.detail = detail
            self.decidedAt = decidedAt
        }
    }

    /// The step that appends rows, in the transaction of the decisions.
    package static func append(_ rows: [Row]) -> PostgresStep {
        PostgresStep(
            insert,
            [
                rows.map(\.messageID), rows.map(\.type), rows.map(\.key), rows.map(\.source), rows.map(\.outcome.rawValue),
                rows.map(\.refusal), rows.map(\.detail), rows.map(\.decidedAt),
            ])
    }

    private static let insert = PostgresStatement(
        "audit.append",
        """
        insert into audit (message_id, type, key, source, outcome, refusal, detail, decided_at)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[], $8::timestamptz[])
        """)

    /// The tables. `audit_seal` is the chain: each row seals a group of committed rows of `audit`, in the order of their ids. `audit_sealer`
    /// stores the id up to which no further row can be committed, and the head published last. `audit_head` stores the heads of other services.
    package static let tables = """
        create table audit (
            id bigint generated always as identity primary key,
            message_id uuid not null,
            type text not null,
            key text not null,
            source text not null,
            outcome text not null check (outcome in ('done', 'refused', 'discarded')),
            refusal jsonb,
            detail jsonb,
            decided_at timestamptz not null,
            recorded_at timestamptz not null default now()
        );
        create table audit_seal (
            number bigint primary key check (number > 0),
            audit_ids bigint[] not null,
            highest_id bigint not null,
            row_hashes bytea not null check (octet_length(row_hashes) = 32 * cardinality(audit_ids)),
            hash bytea not null check (octet_length(hash) = 32),
            sealed_at timestamptz not null default now()
        );
        create index audit_seal_highest on audit_seal (highest_id);
        create table audit_sealer (
            only_one boolean primary key default true check (only_one),
            settled_id bigint not null default 0,
            candidate_id bigint not null default 0,
            candidate_xmax xid8 not null default '0',
            published_number bigint not null default 0,
            published_at timestamptz not null default now()
        );
        insert into audit_sealer default values;
        create table audit_head (
            source text not null,
            number bigint not null,
            hash text not null,
            stored_at timestamptz not null default now(),
            primary key (source, number)
        );
        """
}
