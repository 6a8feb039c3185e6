// Tests start servers and programs in the same way as `quan up` does, and name what they use of it through this module.
@_exported public import LocalPostgres
