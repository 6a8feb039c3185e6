/// The rows that one command writes in the counter service's tables, as one transaction for pgbench: the counter, the command's id with its
/// answer, the audit row, the event's version, event and reply in the outbox, and the watermark of the asker's sequence.
enum EffectScript {
    static func reset(counters: Int) -> String {
        """
        truncate counter, inbox_deferred_reply, inbox_command, audit, outbox, outbox_deferred, outbox_stream, inbox_watermark;
        insert into counter select 'counter-' || n, 0 from generate_series(0, \(counters - 1)) n;
        insert into outbox_stream select 'counter.events', name, 1 from counter;
        insert into inbox_watermark (source, topic, shard) select 'asker', 'counter.commands', n from generate_series(0, 31) n
        """
    }

    static func transaction(counters: Int) -> String {
        """
        \\set n random(0, \(counters - 1))
        \\set shard :n % 32
        begin;
        insert into inbox_command (id, outcome) values (gen_random_uuid(), '\(answer)') on conflict do nothing returning id \\gset
        select total from counter where name = 'counter-' || :n for update;
        update counter set total = total + 1 where name = 'counter-' || :n;
        insert into audit (message_id, type, key, source, outcome, refusal, detail, decided_at)
        values (:id, 'counter.add-amount.v1', 'counter-' || :n, 'asker', 'done', null, null, now());
        insert into outbox_stream as s (topic, key, version) values ('counter.events', 'counter-' || :n, 1)
        on conflict (topic, key) do update set version = s.version + 1 returning s.version as version \\gset
        insert into outbox (message_id, topic, shard, sequence, key, version, type, occurred_at, cause, traceparent, body)
        values (gen_random_uuid(), 'counter.events', :shard, nextval('outbox_position_seq'), 'counter-' || :n, :version, 'counter.amount-added.v1', now(), :id,
                '\(SampleMessage.traceparent)', '{"amount":1,"counter":"counter-123","total":42}'),
               (gen_random_uuid(), 'replies', :shard, nextval('outbox_position_seq'), :id, null, 'platform.outcome.v1', now(), :id,
                '\(SampleMessage.traceparent)', '\(answer)');
        update inbox_watermark set contiguous = contiguous + 1
        where source = 'asker' and topic = 'counter.commands' and shard = :shard;
        end;
        """
    }

    private static let answer =
        #"{"commandID":"01890A5D-AC96-774B-BCCE-B302099A8057","commandType":"counter.add-amount.v1","result":"42"}"#
}
