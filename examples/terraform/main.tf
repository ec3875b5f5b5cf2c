# State in S3, and nothing about credentials: they come from the profile or from the environment that terraform is run with.
terraform {
  required_version = ">= 1.10"

  backend "s3" {
    bucket       = "example-terraform-state"
    key          = "network.tfstate"
    region       = "eu-west-1"
    use_lockfile = true
  }
}

resource "terraform_data" "network" {
  input = "10.0.0.0/16"
}

output "network" {
  value = terraform_data.network.output
}
