/// The table of the reader's side of recovery.
package enum RecoveryTables {
    /// `inbox_watermark` is which numbers of each source's shard were received. While records are missing, `behind_since` is set; `target` is the
    /// number to be reached, `request_id` the outstanding republish request and `requests` how often it was sent without an answer.
    package static let watermarks = """
        create table inbox_watermark (
            source text not null,
            topic text not null,
            shard smallint not null,
            contiguous bigint not null default 0,
            beyond bigint[] not null default '{}',
            target bigint,
            behind_since timestamptz,
            requested_at timestamptz,
            request_id uuid,
            requests smallint not null default 0,
            skipped_through bigint not null default 0,
            primary key (source, topic, shard)
        ) with (fillfactor = 50);
        create index inbox_watermark_behind on inbox_watermark (behind_since) where behind_since is not null;
        """
}
