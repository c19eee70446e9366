/**
 * Looks at the machine before a node runs on it: what is there, what is missing, what to do.
 * Changes nothing and starts nothing.
 */
@NullMarked
package org.privateproving.cli.doctor;

import org.jspecify.annotations.NullMarked;
