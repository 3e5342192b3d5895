package dev.sandpiper.cells;

import dev.sandpiper.domain.TenantId;

/**
 * Where a tenant's events lie.
 *
 * @param fenced whether nothing may be published at the moment, because the tenant is about to get another place
 * @param version grows with every change of any place
 */
public record Place(TenantId tenant, int cell, boolean fenced, long version) {}
