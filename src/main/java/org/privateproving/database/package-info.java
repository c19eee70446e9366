/**
 * PostgreSQL: the pool, the versioned schema, the threads on which blocking calls run, and the
 * server that an embedded installation brings along. Knows no table's meaning.
 */
@NullMarked
package org.privateproving.database;

import org.jspecify.annotations.NullMarked;
