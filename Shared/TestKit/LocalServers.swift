// Tests start servers and programs in the same way as `quan up` does, so this module re-exports `LocalPostgres`.
@_exported public import LocalPostgres
