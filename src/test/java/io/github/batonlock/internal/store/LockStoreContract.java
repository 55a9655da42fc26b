package io.github.batonlock.internal.store;

/** What every {@link LockStore} does; passed by the fake and by DynamoDB alike. */
abstract class LockStoreContract
    implements GrantContract,
        HolderContract,
        RowsContract,
        SessionContract,
        AskContract,
        AskSessionContract,
        LimitsContract,
        TransactionContract {}
